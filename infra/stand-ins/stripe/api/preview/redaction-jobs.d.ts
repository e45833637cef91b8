// What Stripe documents of redaction jobs, a public preview that the SDK does not declare: https://docs.stripe.com/api/privacy
export interface RedactionJobCreateParams {
  objects: RedactionJobCreateParams.Objects;
  validation_behavior?: RedactionJobCreateParams.ValidationBehavior;
  expand?: Array<string>;
}
export declare namespace RedactionJobCreateParams {
  interface Objects {
    charges?: Array<string>;
    checkout_sessions?: Array<string>;
    customers?: Array<string>;
    invoices?: Array<string>;
    payment_intents?: Array<string>;
    setup_intents?: Array<string>;
  }
  type ValidationBehavior = "error" | "fix";
}
export interface RedactionJobUpdateParams {
  validation_behavior?: RedactionJobUpdateParams.ValidationBehavior;
  expand?: Array<string>;
}
export declare namespace RedactionJobUpdateParams {
  type ValidationBehavior = "error" | "fix";
}
export interface RedactionJobRetrieveParams {
  expand?: Array<string>;
}
export interface RedactionJobListParams extends PaginationParams {
  status?: string;
  expand?: Array<string>;
}
