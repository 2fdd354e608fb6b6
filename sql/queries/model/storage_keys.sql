-- Every storage key that a published version of a model has used.
--   $1 model
with versions as (
  select model_json
  from torque.model_versions
  where model_id = $1::uuid
),
entities as (
  select entity
  from versions, jsonb_array_elements(model_json -> 'entities') as entity
),
relationships as (
  select relationship
  from versions, jsonb_array_elements(model_json -> 'relationships') as relationship
)
select 'entity' as kind, entity ->> 'key' as owner, null as key
from entities
union
select 'property', entity ->> 'key', property ->> 'key'
from entities, jsonb_array_elements(entity -> 'properties') as property
union
select 'relationship', relationship ->> 'key', null
from relationships
union
select 'link', relationship ->> 'key', property ->> 'key'
from relationships, jsonb_array_elements(relationship -> 'properties') as property
