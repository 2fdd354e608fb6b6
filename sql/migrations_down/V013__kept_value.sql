-- Back to xflows that keep nothing.
drop table torque.kept_values;
