import type { Mutation } from "../mutation";

/* The second wall behind the changes of an organization (ADR 122): in the database, and where the code takes the role on. */
const wallTest = "prisma/serving-role/managers-wall.integration.test.ts";
const ofTable = (title: string, row: string) => ({ file: wallTest, title, row });
const rights = {
  file: wallTest,
  title: "its role may change these tables and no other, and each of them has the wall",
};

/** A policy that forgets one of its two conditions. */
const openPolicy = (table: string, { using, check }: { using: string; check: string }) =>
  `DROP POLICY managed_organization ON ${table};
    CREATE POLICY managed_organization ON ${table} TO agathaai_manager USING (${using}) WITH CHECK (${check})`;
const OWN = "org_id = nullif(current_setting('agatha.org', true), '')::uuid";

export const ofManagers: readonly Mutation[] = [
  {
    statement: 30,
    protection: "who manages an organization takes on the role that changes it alone",
    file: "src/core/platform/db/manage-organization.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    find: "set_config('role', ${MANAGER}, true)",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text of the file that is edited.
    replace: "${MANAGER}::text",
    test: {
      file: "prisma/serving-role/management/management-writes.integration.test.ts",
      title: "%s changes what it changes behind the manager's wall",
      row: "createKey",
    },
  },
  {
    statement: 30,
    protection: "a change that forgets its filter changes one organization",
    sql: openPolicy("api_keys", { using: "true", check: "true" }),
    test: ofTable(
      "an UPDATE of %s that forgets its filter changes the managed organization only",
      "api_keys",
    ),
  },
  {
    statement: 30,
    protection: "one that adds a row adds it to that organization",
    sql: openPolicy("webhook_endpoints", { using: OWN, check: "true" }),
    test: ofTable("an INSERT into %s for another organization is refused", "webhook_endpoints"),
  },
  {
    statement: 30,
    protection: "one that removes rows removes that organization's",
    sql: openPolicy("provider_keys", { using: "true", check: OWN }),
    test: ofTable(
      "a DELETE from %s that forgets its filter removes rows of the managed organization only",
      "provider_keys",
    ),
  },
  {
    statement: 30,
    protection: "the settings of an organization stand behind it too",
    sql: "ALTER TABLE organizations DISABLE ROW LEVEL SECURITY",
    test: ofTable(
      "an UPDATE of %s that forgets its filter changes the managed organization only",
      "organizations",
    ),
  },
  {
    statement: 30,
    protection: "the role of managers may change no table without the wall",
    sql: "GRANT UPDATE ON subscriptions TO agathaai_manager",
    test: rights,
  },
  {
    statement: 30,
    protection: "and moves no row to another organization",
    sql: "GRANT UPDATE ON memberships TO agathaai_manager",
    test: ofTable("no row of %s is moved to another organization", "memberships"),
  },
];
