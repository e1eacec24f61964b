-- breaking
CREATE FUNCTION cache_note_of(name text) RETURNS text LANGUAGE sql STABLE
RETURN 'note of ' || name;
