-- Lets the next installation apply the logic anew.
--   no parameters
update torque.installation
set logic_digest = null
