-- The prefix of this database's roles, as recorded at its first installation.
--   no parameters
select role_prefix
from torque.installation
