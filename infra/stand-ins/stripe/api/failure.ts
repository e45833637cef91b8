/** An error in Stripe's format. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly body: { type: string; message: string; code?: string; param?: string; decline_code?: string },
  ) {
    super(body.message);
  }
}

export const invalid = (message: string, param?: string, code?: string) =>
  new Failure(400, {
    type: "invalid_request_error",
    message,
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });

export const missing = (kind: string, id: string) =>
  new Failure(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${kind}: '${id}'`,
    param: "id",
  });

/** A parameter names an object that does not exist. */
export const unknownReference = (kind: string, id: string, param: string) =>
  new Failure(400, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${kind}: '${id}'`,
    param,
  });

export const declined = () =>
  new Failure(402, {
    type: "card_error",
    code: "card_declined",
    decline_code: "generic_decline",
    message: "Your card was declined.",
  });

export const mustConfirm = () =>
  new Failure(402, {
    type: "card_error",
    code: "subscription_payment_intent_requires_action",
    message: "The payment needs to be confirmed by the customer.",
  });
