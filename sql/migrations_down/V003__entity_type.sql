-- Undoes V003: entity types, relationships, the record of indexes.
-- drops: torque.entity_types, torque.relationships, torque.leaf_indexes

drop table torque.leaf_indexes cascade;
drop table torque.relationships cascade;
drop table torque.entity_types cascade;
