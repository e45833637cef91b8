import Stripe from "stripe";
import { z } from "zod";
import { isMissing } from "../stripe/stripe-errors";

/**
 * Redaction jobs are a public preview: the SDK has no methods for them, and Stripe knows them under the preview of the same day's
 * version alone. https://docs.stripe.com/privacy/redaction
 */
const PREVIEW = { apiVersion: `${Stripe.API_VERSION.split(".")[0]}.preview` };
const JOBS = "/v1/privacy/redaction_jobs";

const jobSchema = z.object({
  id: z.string(),
  status: z.string(),
  objects: z.object({ customers: z.array(z.string()).nullish() }).nullish(),
});
const jobsSchema = z.object({ data: z.array(jobSchema) });
const errorsSchema = z.object({ data: z.array(z.object({ code: z.string() })) });
type Job = z.output<typeof jobSchema>;

export interface Redaction {
  customer: string;
  jobId: string | undefined;
  /** Equal for all calls that make this job: a repeated one finds the job that the first made. */
  idempotencyKey: string;
  /** Whether Stripe may end by itself what holds it up, such as an invoice that was never paid. */
  mayEndWhatIsOpen: boolean;
}

export type RedactionStep =
  | { state: "working"; jobId: string }
  /** Stripe will not do it yet: `refusal` has its codes. */
  | { state: "refused"; jobId: string | undefined; refusal: string }
  | { state: "done"; jobId: string }
  /** There is no such customer any more. */
  | { state: "gone" };

/**
 * Takes the one next step of redacting a customer with all invoices, payments and events of theirs. The job is Stripe's and goes on
 * by itself, so a step that is lost or repeated changes nothing. @throws where Stripe cannot be asked, or the account has no
 * redaction jobs.
 */
export async function redactCustomer(stripe: Stripe, redaction: Redaction): Promise<RedactionStep> {
  const { jobId: known } = redaction;
  const job = known === undefined ? await findOrMake(stripe, redaction) : await read(stripe, known);
  if (job === undefined) return { state: "gone" };
  const jobId = job.id;
  switch (job.status) {
    case "succeeded":
      return { state: "done", jobId };
    case "ready":
      await post(stripe, `${JOBS}/${jobId}/run`);
      return { state: "working", jobId };
    case "failed": {
      const refusal = await refusalOf(stripe, jobId);
      if (redaction.mayEndWhatIsOpen) await post(stripe, `${JOBS}/${jobId}`, { validation_behavior: "fix" });
      await post(stripe, `${JOBS}/${jobId}/validate`);
      return { state: "refused", jobId, refusal };
    }
    case "created":
    case "validating":
    case "redacting":
      return { state: "working", jobId };
    default:
      // Somebody canceled it in the dashboard. It cannot be used again: the next step makes another.
      return { state: "refused", jobId: undefined, refusal: job.status };
  }
}

async function findOrMake(stripe: Stripe, { customer, idempotencyKey }: Redaction): Promise<Job | undefined> {
  try {
    const made = await stripe.rawRequest(
      "POST",
      JOBS,
      { objects: { customers: [customer] }, validation_behavior: "error" },
      { ...PREVIEW, idempotencyKey },
    );
    return jobSchema.parse(made);
  } catch (error) {
    if (isUnknown(error, customer)) return undefined;
    if (!(error instanceof Error) || Reflect.get(error, "statusCode") !== 400) throw error;
    // The job was made and its answer lost, longer ago than Stripe remembers idempotency keys.
    const before = await findLiving(stripe, customer);
    if (before !== undefined) return before;
    throw error;
  }
}

/** Only Stripe's word that this customer is missing, not that the path is: then the account has no redaction jobs. */
function isUnknown(error: unknown, customer: string): boolean {
  return isMissing(error) && error instanceof Error && error.message.includes(customer);
}

async function findLiving(stripe: Stripe, customer: string): Promise<Job | undefined> {
  const answer = await stripe.rawRequest(
    "GET",
    `${JOBS}?limit=100&expand[0]=data.objects`,
    undefined,
    PREVIEW,
  );
  return jobsSchema
    .parse(answer)
    .data.find(({ status, objects }) => !/^cancel/.test(status) && objects?.customers?.includes(customer));
}

async function read(stripe: Stripe, jobId: string): Promise<Job> {
  return jobSchema.parse(await stripe.rawRequest("GET", `${JOBS}/${jobId}`, undefined, PREVIEW));
}

/** The codes alone: what Stripe writes beside them may name the object of a person. */
async function refusalOf(stripe: Stripe, jobId: string): Promise<string> {
  const answer = await stripe.rawRequest("GET", `${JOBS}/${jobId}/validation_errors`, undefined, PREVIEW);
  const codes = errorsSchema.parse(answer).data.map(({ code }) => code);
  return [...new Set(codes)].toSorted().join(" ") || "failed";
}

async function post(
  stripe: Stripe,
  path: string,
  params: { validation_behavior?: string } = {},
): Promise<void> {
  await stripe.rawRequest("POST", path, params, PREVIEW);
}
