-- Publishes a model as it stands, makes its application when absent, and plans the deploy.
--   $1 slug, also the model's name   $2 the model
select story.publish($1, $2)
