import { emailIndexesOf } from "../../accounts";
import { Prisma } from "../../platform/db/client";
import {
  byId,
  id,
  index,
  inNoExport,
  leftOut,
  of,
  ofOrganizations,
  ours,
  secret,
  type TableExport,
  text,
  values,
} from "./table-export";

const onDevice = leftOut("It belongs to a key on the person’s own device, and says nothing of them.");
const ofPeople = "It is the member’s own. They can export it.";

/** Tables of accounts, how people sign in, and what they belong to. */
export const peopleTables = {
  users: {
    person: of("id", byId),
    organization: ofPeople,
    columns: {
      id: id("usr"),
      email_cipher: text("users", "email_cipher"),
      email_index: index,
      provisional_index: index,
      provisional_tag: secret,
      name_cipher: text("users", "name_cipher"),
      password_hash: secret,
      ...values("email_verified_at", "role", "session_version", "created_at", "updated_at", "deleted_at"),
      ...values("muted_emails", "suspended_at", "suspension_reason"),
      suspended_by: ours,
    },
  },
  authenticators: {
    person: of("user_id", [["user_id", "uuid"]]),
    organization: ofPeople,
    columns: {
      user_id: id("usr"),
      secret_cipher: secret,
      ...values("created_at", "confirmed_at", "last_step"),
    },
  },
  recovery_codes: {
    person: of("user_id", [["code_hash", "bytea"]]),
    organization: ofPeople,
    columns: { user_id: id("usr"), code_hash: secret, ...values("created_at", "used_at") },
  },
  passkeys: {
    person: of("user_id", byId),
    organization: ofPeople,
    columns: {
      id: id("psk"),
      user_id: id("usr"),
      name_cipher: text("passkeys", "name_cipher"),
      credential_id: onDevice,
      public_key: onDevice,
      ...values("transports", "sign_count", "synced", "created_at", "last_used_at"),
    },
  },
  passkey_challenges: inNoExport(
    "It holds fingerprints of what passkeys are asked to sign, for five minutes.",
  ),
  spent_proofs: inNoExport("It holds fingerprints of puzzles that sign-ups solved, for twenty minutes."),
  known_devices: {
    person: of("user_id", [["device", "bytea"]]),
    organization: ofPeople,
    columns: { user_id: id("usr"), device: index, ...values("familiar_at", "last_seen_at") },
  },
  linked_accounts: {
    person: of("user_id", [
      ["provider", "text"],
      ["provider_account_id", "text"],
    ]),
    organization: ofPeople,
    columns: { user_id: id("usr"), ...values("provider", "provider_account_id", "created_at") },
  },
  sessions: {
    person: of("user_id", byId),
    organization: ofPeople,
    columns: {
      id: id("ses"),
      user_id: id("usr"),
      org_id: id("org"),
      ip_cipher: text("sessions", "ip_cipher"),
      ...values("kind", "session_version", "user_agent", "created_at", "last_seen_at", "expires_at"),
      connection_id: id("con"),
      ...values("revoked_at", "stepped_up_at"),
    },
  },
  sign_ins: {
    person: of("user_id", byId),
    organization: ofPeople,
    columns: {
      id: id("sgn"),
      user_id: id("usr"),
      session_id: id("ses"),
      ip_cipher: text("sign_ins", "ip_cipher"),
      ...values("kind", "method", "factor", "result", "new_device", "user_agent", "created_at"),
    },
  },
  sub_processor_notices: {
    person: of("user_id", [
      ["org_id", "uuid"],
      ["user_id", "uuid"],
    ]),
    organization: ofPeople,
    columns: { org_id: id("org"), user_id: id("usr"), ...values("told", "created_at") },
  },
  consents: {
    person: of("user_id", byId),
    organization: ofPeople,
    columns: {
      id: id("cst"),
      user_id: id("usr"),
      ip_cipher: text("consents", "ip_cipher"),
      ...values("document", "version", "given", "method", "created_at"),
    },
  },
  refresh_tokens: inNoExport("It holds fingerprints of secrets. The sessions they belong to are exported."),
  email_tokens: inNoExport("It holds fingerprints of the secrets in emailed links, for some days."),
  email_changes: {
    person: of("user_id", byId),
    organization: ofPeople,
    columns: {
      user_id: id("usr"),
      session_id: id("ses"),
      old_cipher: text("email_changes", "old_cipher"),
      new_cipher: text("email_changes", "new_cipher"),
      old_index: index,
      new_index: index,
      token_hash: secret,
      undo_token_hash: secret,
      ...values("id", "created_at", "expires_at", "confirmed_at", "undone_at"),
    },
  },
  memberships: {
    person: of("user_id", [["org_id", "uuid"]]),
    organization: of("org_id", [["user_id", "uuid"]]),
    columns: {
      org_id: id("org"),
      user_id: id("usr"),
      custom_role_id: id("rol"),
      ...values("role", "created_at"),
    },
  },
  invitations: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("inv"),
      org_id: id("org"),
      email_cipher: text("invitations", "email_cipher"),
      email_index: index,
      token_hash: secret,
      invited_by: id("usr"),
      custom_role_id: id("rol"),
      ...values("role", "expires_at", "accepted_at", "revoked_at", "created_at"),
    },
  },
  enterprise_inquiries: {
    person: of("user_id", byId),
    organization: "It is the message of one person. They can export it.",
    columns: {
      id: id("inq"),
      org_id: id("org"),
      user_id: id("usr"),
      contact_cipher: ofInquiry("contact_cipher"),
      message_cipher: ofInquiry("message_cipher"),
      handled_by: ours,
      ...values("created_at", "handled_at"),
    },
  },
  status_subscribers: {
    // Whoever has proven to own the address.
    person: {
      where: (userId) => Prisma.sql`email_index = (
        SELECT email_index FROM users WHERE id = ${userId}::uuid AND email_verified_at IS NOT NULL)`,
      async found(db, userId) {
        const indexes = await emailIndexesOf(db, userId);
        if (indexes.length === 0) return Prisma.sql`false`;
        return Prisma.sql`email_index IN (${Prisma.join(indexes)}) AND EXISTS (
          SELECT FROM users WHERE id = ${userId}::uuid AND email_verified_at IS NOT NULL)`;
      },
      key: byId,
    },
    organization: ofPeople,
    columns: {
      id: id("sub"),
      email_cipher: {
        kind: "text",
        subject: (row) => ({ type: "subscriber", id: String(row.id) }),
        field: (row) => ({ table: "status_subscribers", column: "email_cipher", rowId: String(row.id) }),
      },
      email_index: index,
      ...values("created_at"),
    },
  },
  status_emails: inNoExport(
    "It says which public updates went to a subscriber. The subscription is exported.",
  ),
  oauth_grants: {
    person: of("user_id", byId),
    organization: of("org_id", byId),
    columns: {
      id: id("agr"),
      app_id: id("app"),
      org_id: id("org"),
      user_id: id("usr"),
      ...values("scopes", "created_at", "expires_at", "last_used_at"),
    },
  },
  oauth_artifacts: inNoExport("It holds codes and tokens. The grants they belong to are exported."),
  erasures: inNoExport("It says who was erased, by an ID; nothing else is left of them."),
  data_exports: {
    person: {
      where: (subjectId) => Prisma.sql`subject_type = 'user' AND subject_id = ${subjectId}::uuid`,
      key: byId,
    },
    organization: {
      where: (subjectId) => Prisma.sql`subject_type = 'org' AND subject_id = ${subjectId}::uuid`,
      key: byId,
    },
    columns: {
      id: id("exp"),
      subject_id: { kind: "id", prefix: ({ subject_type: type }) => (type === "org" ? "org" : "usr") },
      requested_by: id("usr"),
      org_id: id("org"),
      key_cipher: secret,
      token_hash: secret,
      ...values("subject_type", "status", "attempts", "next_attempt_at", "held_until", "bytes"),
      ...values("emailed_at", "created_at", "finished_at", "expires_at"),
    },
  },
} satisfies Record<string, TableExport>;

/** An inquiry has a data key of its own. */
function ofInquiry(column: string): TableExport["columns"][string] {
  return {
    kind: "text",
    subject: (row) => ({ type: "inquiry", id: String(row.id) }),
    field: (row) => ({ table: "enterprise_inquiries", column, rowId: String(row.id) }),
  };
}
