-- The console's owner and app roles and databases, as docs/operations.md names them; the passwords are those of compose.yaml.
CREATE ROLE console LOGIN PASSWORD 'owner';
CREATE ROLE slc_app LOGIN PASSWORD 'app';
CREATE DATABASE console OWNER console;
CREATE DATABASE chats OWNER console;
