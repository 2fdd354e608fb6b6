-- The life of this database; a restored one begins a new life here.
select torque.current_epoch() as epoch
