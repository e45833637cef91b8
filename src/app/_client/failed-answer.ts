interface Envelope {
  error?: { message?: string; code?: string; param?: string | null; request_id?: string };
}

/** What to throw for an answer that is not tRPC's: `readFailure` then finds our envelope in it. */
export async function failedAnswer(answer: Response): Promise<Error> {
  const { error }: Envelope = await answer.json().catch(() => ({}));
  return Object.assign(new Error(error?.message), {
    data: {
      httpStatus: answer.status,
      app_code: error?.code,
      param: error?.param,
      request_id: error?.request_id,
    },
  });
}
