import type { ErrorCode } from "@agathaai/core/platform/errors";

/** What each code means and what to do; a new code does not compile without a line here. */
export const meanings: Record<ErrorCode, string> = {
  invalid_request: "A field is missing, of the wrong type or out of range; param names it.",
  invalid_json: "The body is not JSON.",
  invalid_id: "The ID is malformed, or belongs to another kind of object.",
  invalid_cursor: "Unknown cursor. Use next_cursor from the previous page, or start from the first page.",
  unknown_parameter: "The call has no such field. Check its spelling.",
  context_length_exceeded: "Input and max_tokens together exceed the model’s context window.",
  unsupported_parameter: "The model does not support this field.",
  weak_password: "The password is too short or too common.",
  proof_of_work_required:
    "Signing up takes a proof of work here. Solve a new challenge and send it as proof; each counts once.",
  invalid_token: "The link from an email was used or replaced, or has expired. Request a new one.",
  content_filtered: "The provider’s content policy refused the request.",
  missing_credentials: "No key or access token was sent.",
  invalid_api_key: "The key does not exist. Check that you copied it whole.",
  api_key_expired: "The key has expired. Create a new one.",
  api_key_revoked: "The key was revoked. Use another key.",
  invalid_access_token: "The access token is not valid, or its session has ended. Sign in again.",
  access_token_expired: "The access token has expired (after 15 minutes). Refresh it.",
  invalid_refresh_token: "The refresh token was used or revoked, or has expired. Sign in again.",
  invalid_login: "Wrong email or password.",
  second_factor_required:
    "The account has a second factor. Repeat the call with totp: a code of the app or a recovery code.",
  second_factor_invalid: "The code is wrong, too old, or was used before. Enter the newest one.",
  passkey_invalid: "The passkey was not accepted: it was removed, or the attempt took too long. Try again.",
  payment_failed: "The card was declined, or your bank asks you to confirm the payment. Open Billing to pay.",
  spend_cap_reached:
    "The request can cost more than is left under a spend cap. Raise the cap, lower max_tokens, or wait for the next month.",
  insufficient_scope:
    "The key or token does not have the scope this call needs. Create a key, or request a token, that has it.",
  insufficient_role: "Your role does not allow this call. Ask an owner or admin.",
  plan_required: "Your plan does not have this feature. The message names the plans that do.",
  suspended:
    "We suspended the account, organization or key. The message says why, and whom to email. Nothing was deleted.",
  step_up_required:
    "Confirm that it is you with POST /api/v1/auth/step-up, then repeat the call. It counts for 10 minutes.",
  company_sign_in_required:
    "The organization asks its members to sign in through their company. Do so in the portal. API keys keep working.",
  second_factor_enrollment_required:
    "The organization requires a second factor and you have none. Add an authenticator app or a passkey in Settings. API keys keep working.",
  email_not_verified: "Verify your email first.",
  ip_not_allowed: "The key’s allow-list does not include this IP address.",
  region_not_allowed:
    "Your organization’s data residency is the EU, and this model’s provider has no endpoint there.",
  provider_not_covered:
    "Your organization is in HIPAA mode, and this model’s provider is not covered by a business associate agreement.",
  model_not_allowed: "The key’s allow-list does not include this model.",
  provider_key_refused:
    "The provider refused your organization’s own key. Check it at the provider, or replace it in Settings.",
  not_found: "Not found in your organization.",
  unknown_route: "Path not found. Check the URL.",
  model_not_found: "Model not found. The message suggests similar names.",
  method_not_allowed: "The path does not support this method; the allow header lists those it does.",
  email_taken: "This email already has an account.",
  conflict: "Its current state does not allow this.",
  idempotency_in_flight:
    "The first request with this Idempotency-Key is still being accepted. Try again in a second.",
  request_not_cancellable: "The request has already ended.",
  payload_too_large: "The body is larger than the path allows.",
  unsupported_media_type: "Send application/json.",
  wrong_region:
    "The key or token belongs to another region. The message names its host: send the call there.",
  idempotency_mismatch: "This Idempotency-Key was used with a different body. Use a new one.",
  rate_limit_exceeded: "Too many requests this minute. Wait for retry-after seconds.",
  too_many_attempts: "Too many attempts. Wait for retry-after seconds.",
  provider_key_limited:
    "The provider is limiting your organization’s own key. Wait for retry-after seconds, or raise its limits there.",
  quota_exceeded:
    "The request needs more tokens than you have left this month. Lower max_tokens, upgrade, or wait until tokens reset.",
  internal_error: "Something failed on our side. Quote the request ID to support.",
  provider_error: "The provider failed after several tries. The request costs nothing.",
  provider_rejected: "The provider refused the request; the message says why.",
  billing_unavailable:
    "Our payment provider is slow or unavailable. Wait for retry-after seconds; everything else works.",
  service_unavailable:
    "We cannot accept the call right now. Nothing was changed. Wait for retry-after seconds.",
  model_unavailable: "The model is turned off for now. Use another one; GET /api/v1/models lists them.",
  provider_unavailable: "The provider cannot be reached or is overloaded.",
  provider_timeout: "The provider did not respond in time.",
};
