/** A job that redacts customers with all that is theirs: https://docs.stripe.com/api/privacy/redaction-job */
export type RedactionJob = {
  id: string;
  object: "privacy.redaction_job";
  created: number;
  /** Shown where it is expanded. */
  objects: { customers: string[] };
  status: "validating" | "ready" | "failed" | "redacting" | "succeeded" | "canceled";
  validation_behavior: "error" | "fix";
  livemode: false;
};

export type RedactionError = {
  id: string;
  object: "privacy.redaction_job_validation_error";
  code: "invalid_state";
  erroring_object: { id: string; object_type: string };
  message: string;
};
