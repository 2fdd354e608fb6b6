-- Secrets of applications: what xflows show to peers, kept encrypted.
--
-- A server encrypts and decrypts with a key that the database never sees. The
-- tag of each ciphertext covers application and name, so a value that is moved
-- to another row is worth nothing there.

create table torque.secrets (
  application_id uuid        not null,
  name           text        not null,
  ciphertext     bytea       not null,
  nonce          bytea       not null,
  key_id         text        not null,
  updated_at     timestamptz not null default now(),
  updated_by     text        not null,

  constraint secrets_pk                        primary key (application_id, name),
  constraint secrets_belong_to_an_application foreign key (application_id)
    references torque.applications (id) on delete cascade
);

comment on table torque.secrets is 'Encrypted values by application and name; no reply ever gives one back.';
comment on column torque.secrets.key_id is 'Tells keys apart without telling the key: the beginning of a digest of it.';
