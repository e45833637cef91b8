interface Envelope {
  error?: { message?: string; code?: string; param?: string | null; request_id?: string };
}

/** The error of a response that tRPC did not read: `readFailure` finds our envelope in it. */
export async function failedResponse(response: Response): Promise<Error> {
  const { error }: Envelope = await response.json().catch(() => ({}));
  return Object.assign(new Error(error?.message), {
    data: {
      httpStatus: response.status,
      app_code: error?.code,
      param: error?.param,
      request_id: error?.request_id,
    },
  });
}
