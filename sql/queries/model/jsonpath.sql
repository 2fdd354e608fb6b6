-- Whether a text is a jsonpath predicate; it raises when it is not.
--   $1 the text
select $1::text::jsonpath is not null as is_path
