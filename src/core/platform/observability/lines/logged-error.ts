const LONGEST_CHAIN = 5;

export interface LoggedError {
  type: string;
  message: string;
  stack: string | undefined;
  /** The code of PostgreSQL, Node, Prisma, or ours. */
  code?: string | undefined;
  /** The internal text of an AppError. */
  internal?: string | undefined;
  cause?: LoggedError | undefined;
}

/**
 * The parts of an error that are logged. Other fields can hold personal data: Stripe's errors contain the payment with
 * its email address and client secret, PostgreSQL's the refused row, those of HTTP clients their request.
 */
export function loggedError(error: unknown, depth = 1): LoggedError | undefined {
  if (!(error instanceof Error)) return { type: typeof error, message: "not an error", stack: undefined };
  const text = (name: string) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" ? value : undefined;
  };
  return {
    type: error.name === "Error" ? error.constructor.name : error.name,
    message: error.message,
    stack: error.stack,
    code: text("code"),
    internal: text("internal"),
    cause:
      error.cause === undefined || depth === LONGEST_CHAIN ? undefined : loggedError(error.cause, depth + 1),
  };
}
