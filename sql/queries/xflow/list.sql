-- The xflows of an application's live version, with what starts them and what became of them.
--   $1 application   $2 model version
select x.key, x.name, x.description, x.version, x.enabled, x.priority,
  (select json_agg(json_build_object('type', t.trigger_type, 'entityType', e.name, 'path', t.trigger_config ->> 'path', 'enabled', t.enabled,
     'fault', t.fault)
     order by t.key)
   from {data_schema}.xflow_triggers t
   left join torque.entity_types e on e.id = t.entity_type_id
   where t.xflow_id = x.id) as triggers,
  (select count(*) from {data_schema}.xflow_executions u where u.xflow_id = x.id) as unfinished,
  (select torque.datetime_text(max(h.completed_at)) from {data_schema}.xflow_execution_history h where h.xflow_id = x.id)
    as last_completed_at
from torque.xflows x
where x.application_id = $1 and x.model_version = $2
order by x.key
