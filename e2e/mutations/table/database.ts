import type { Mutation } from "../mutation";

/*
 * What migrations rule and no code does: taken away in the test's own database, after the migrations. Where a grant and a
 * trigger stand behind each other, the test asks for the message of the first.
 */
const wallTest = "prisma/serving-role/row-level-security.integration.test.ts";
const forgotten = (row: string) => ({
  file: wallTest,
  title: "a query on %s that forgets its filter sees the rows of the caller's organization only",
  row,
});
const tenant = {
  file: wallTest,
  title: "the role of a tenant changes nothing, reads no hash of a secret, and ends with its transaction",
};
const cannot = (row: string) => ({
  file: "src/core/audit/verify/tampering.integration.test.ts",
  title: "cannot do this: %s",
  row,
});
const appendOnly = {
  file: "prisma/database-rules.integration.test.ts",
  title: "the audit trail is append-only",
};

export const ofDatabase: readonly Mutation[] = [
  {
    statement: 30,
    protection: "PostgreSQL shows a tenant its own rows only",
    sql: `DROP POLICY one_organization ON memberships;
      CREATE POLICY one_organization ON memberships FOR SELECT TO agathaai_tenant USING (true)`,
    test: forgotten("public.memberships"),
  },
  {
    statement: 30,
    protection: "a table of tenants' rows has the wall",
    sql: "ALTER TABLE inference_requests DISABLE ROW LEVEL SECURITY",
    test: forgotten("public.inference_requests"),
  },
  {
    statement: 30,
    protection: "the wall is closed where no organization is named",
    sql: `DROP POLICY one_organization ON memberships;
      CREATE POLICY one_organization ON memberships FOR SELECT TO agathaai_tenant USING (
        org_id = coalesce(nullif(current_setting('agatha.org', true), '')::uuid, org_id))`,
    test: {
      file: wallTest,
      title: "on %s it sees nothing where no organization is named",
      row: "public.memberships",
    },
  },
  {
    statement: 30,
    protection: "a tenant's role reads",
    sql: "GRANT UPDATE ON memberships TO agathaai_tenant",
    test: tenant,
  },
  {
    statement: 30,
    protection: "and no hash of a secret",
    sql: "GRANT SELECT ON api_keys TO agathaai_tenant",
    test: tenant,
  },
  {
    statement: 30,
    protection: "there is no way round the wall by a partition",
    sql: "GRANT SELECT ON ALL TABLES IN SCHEMA partitions TO agathaai_tenant",
    test: { file: wallTest, title: "a partition that is made later stands behind the wall of its table" },
  },
  {
    statement: 39,
    protection: "the role that serves changes no entry",
    sql: "GRANT UPDATE ON audit_logs TO agathaai_app",
    test: cannot("UPDATE audit_logs SET action = 'x'"),
  },
  {
    statement: 39,
    protection: "removes none",
    sql: "GRANT DELETE ON audit_logs TO agathaai_app",
    test: cannot("DELETE FROM audit_logs"),
  },
  {
    statement: 39,
    protection: "adds none but by the function that continues a chain",
    sql: "GRANT INSERT ON audit_logs TO agathaai_app",
    test: cannot(
      "INSERT INTO audit_logs (id, created_at, sequence, actor_type, action, prev_hash, hash) VALUES (gen_random_uuid(), now(), 1, 'user', 'x', '', '')",
    ),
  },
  {
    statement: 39,
    protection: "and puts no head back",
    sql: "GRANT UPDATE ON audit_chains TO agathaai_app",
    test: cannot("UPDATE audit_chains SET sequence = 0"),
  },
  {
    statement: 39,
    protection: "not even the owner's statements change an entry",
    sql: "DROP TRIGGER audit_logs_append_only ON audit_logs",
    test: appendOnly,
  },
  {
    statement: 39,
    protection: "the auditor's role reads the log and the books alone",
    sql: "GRANT SELECT ON users TO agathaai_auditor",
    test: {
      file: wallTest,
      title: "reads the log and the ledger of every organization, and nothing else",
    },
  },
  {
    statement: 41,
    protection: "a destroyed key leaves nothing wrapped behind",
    sql: "ALTER TABLE data_keys DROP CONSTRAINT data_keys_destroyed_is_gone",
    test: {
      file: "prisma/database-rules.integration.test.ts",
      title: "a destroyed data key is gone, and only then",
    },
  },
  {
    statement: 45,
    protection: "the database refuses to keep anything in HIPAA mode",
    sql: "ALTER TABLE organizations DROP CONSTRAINT organizations_hipaa_keeps_nothing",
    test: {
      file: "e2e/api/privacy/hipaa.test.ts",
      title: "keeps nothing even where a statement forgets it: the database refuses such a row",
    },
  },
  {
    statement: 48,
    protection: "no version of a destroyed key stays",
    sql: "ALTER TABLE data_keys DROP CONSTRAINT data_keys_versions",
    test: {
      file: "src/core/privacy/rotation/rotate-data-keys.integration.test.ts",
      title: "cannot leave a version behind, whoever writes it",
    },
  },
];
