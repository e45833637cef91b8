import { indexedAccountRows } from "../../accounts";
import { indexedCompanyRows } from "../../company-sign-in";
import { indexedMemberRows } from "../../members";
import type { IndexPurpose } from "../../platform/crypto/blind-index/blind-index";
import type { IndexedRows } from "../../platform/db/rows/indexed-rows";
import { indexedStatusRows } from "../../status";

/** Tables that the job indexes anew: the text is stored encrypted beside its index. */
export const indexedRows: Readonly<Record<string, IndexedRows>> = {
  ...indexedAccountRows,
  ...indexedMemberRows,
  ...indexedCompanyRows,
  ...indexedStatusRows,
};

/**
 * What becomes of a stored index when the key is rotated.
 * - *re-indexed*: the job decrypts the text and writes its index under the current key;
 * - *by use*: nothing to decrypt; whoever comes with the text is found under an earlier key and indexed anew;
 * - *expires*: gone by itself after `days`, until when it is looked up under the earlier key or counts anew.
 */
export type Fate =
  | { fate: "re-indexed" }
  | { fate: "by use" }
  | { fate: "expires"; days: number; as: string };

/** Every place that stores a blind index, by what is indexed. A test compares it with the columns of the schema. */
export const indexPlaces: Record<IndexPurpose, Readonly<Record<string, Fate>>> = {
  email: {
    "users.email_index": { fate: "re-indexed" },
    "users.provisional_index": { fate: "re-indexed" },
    "email_changes.old_index": { fate: "re-indexed" },
    "email_changes.new_index": { fate: "re-indexed" },
    "invitations.email_index": { fate: "re-indexed" },
    "directory_users.email_index": { fate: "re-indexed" },
    "status_subscribers.email_index": { fate: "re-indexed" },
    "rate_limit_buckets.key": {
      fate: "expires",
      days: 1,
      as: "counts of emails and guesses begin anew once",
    },
  },
  "directory user name": { "directory_users.user_name_index": { fate: "re-indexed" } },
  "directory external id": { "directory_users.external_id_index": { fate: "re-indexed" } },
  company: { "linked_accounts.provider_account_id": { fate: "by use" } },
  address: {
    "rate_limit_buckets.key": { fate: "expires", days: 1, as: "counts of an address begin anew once" },
  },
  "sign-up": {
    "rate_limit_buckets.key": { fate: "expires", days: 30, as: "counts of new accounts begin anew once" },
  },
  "refresh-client": {
    "refresh_tokens.used_by": { fate: "expires", days: 31, as: "compared under every key for 30 seconds" },
  },
};

/**
 * Other columns of bytes, which no rotation of this key touches.
 * - *derived*: a keyed hash under `DERIVATION_KEY` of what only its holder knows (a random code or token, a password after
 *   Argon2id), or of a chain: nothing to guess, and nobody could make it anew;
 * - *hash*: SHA-256 of a random secret or of our own objects; *fingerprint*: under the subject's own data key (ADR 10).
 */
export const otherBytes: Readonly<
  Record<string, "derived" | "hash" | "fingerprint" | "public" | "wrapped key" | "signature">
> = {
  "users.provisional_tag": "derived",
  "recovery_codes.code_hash": "derived",
  "oauth_artifacts.id": "derived",
  "audit_logs.prev_hash": "derived",
  "audit_logs.hash": "derived",
  "audit_chains.hash": "derived",
  "audit_prunings.last_hash": "derived",
  "audit_archives.first_prev_hash": "derived",
  "audit_archives.last_hash": "derived",
  "email_changes.token_hash": "hash",
  "email_changes.undo_token_hash": "hash",
  "passkey_challenges.challenge_hash": "hash",
  "passkey_challenges.holder_hash": "hash",
  "spent_proofs.challenge_hash": "hash",
  "company_sign_in_requests.state_hash": "hash",
  "company_sign_in_requests.holder_hash": "hash",
  "directory_tokens.secret_hash": "hash",
  "invitations.token_hash": "hash",
  "refresh_tokens.token_hash": "hash",
  "email_tokens.token_hash": "hash",
  "api_keys.secret_hash": "hash",
  "service_accounts.secret_hash": "hash",
  "service_accounts.previous_secret_hash": "hash",
  "oauth_apps.secret_hash": "hash",
  "oauth_apps.previous_secret_hash": "hash",
  "data_exports.token_hash": "hash",
  "erasures.receipt_hash": "hash",
  "audit_logs.leaves": "hash",
  "audit_archives.rows_digest": "hash",
  "audit_archives.object_digest": "hash",
  "audit_moved_weeks.digest": "hash",
  "known_devices.device": "fingerprint",
  "inference_requests.metadata_index": "fingerprint",
  "generations.metadata_index": "fingerprint",
  "idempotency_keys.request_hash": "fingerprint",
  "cached_answers.entry": "fingerprint",
  "passkeys.credential_id": "public",
  "passkeys.public_key": "public",
  "oauth_apps.logo": "public",
  "data_keys.wrapped_key": "wrapped key",
  "data_keys.newest_key": "wrapped key",
  "data_keys.earlier_keys": "wrapped key",
  "audit_prunings.signature": "signature",
  "audit_archives.signature": "signature",
};
