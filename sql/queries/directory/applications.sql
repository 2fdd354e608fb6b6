-- Every application, with a stamp that differs whenever something of it was written anew.
--   xmin names the transaction that wrote a row: cheaper to compare than what the row holds.
select a.id, a.slug, a.name, a.status, a.model_version,
  concat_ws(' ',
    a.xmin,
    (select string_agg(concat_ws('.', t.id, t.xmin), ',' order by t.id)
     from torque.entity_types t where t.application_id = a.id),
    (select string_agg(concat_ws('.', r.key, r.xmin), ',' order by r.key)
     from torque.relationships r where r.application_id = a.id)) as stamp
from torque.applications a
where a.deleted_at is null
order by a.slug
