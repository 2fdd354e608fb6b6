-- Whether this session began with our mark, so that nobody pools between it and us.
select current_setting('torque.straight', true) = 'yes';
