-- The plan that makes a version live in an application, or the one that is under way.
--   $1 application   $2 version
select torque.plan_deploy($1::uuid, $2::integer) as id
