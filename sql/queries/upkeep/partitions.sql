-- Makes partitions ahead and drops those past their retention; answers {made, dropped, faults}.
select torque.maintain_partitions() as report
