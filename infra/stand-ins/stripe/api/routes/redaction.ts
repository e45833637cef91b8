import { fileURLToPath } from "node:url";
import { errorsOf, redact } from "../../money/redact";
import type { RedactionJob } from "../../objects/objects";
import type { World } from "../../world";
import { invalid, missing } from "../failure";
import { group, needed, text, texts } from "../form";
import { type ApiCall, page, type Route } from "../route";

const file = fileURLToPath(new URL("../preview/redaction-jobs.d.ts", import.meta.url));
const path = "/v1/privacy/redaction_jobs";
const MOST_OBJECTS = 10;

const behaviorOf = (given: string | undefined): RedactionJob["validation_behavior"] =>
  given === "fix" ? "fix" : "error";

type Shown = Omit<RedactionJob, "objects"> & Partial<Pick<RedactionJob, "objects">>;

/** As the API shows it: what it redacts only where that is expanded. */
function shown({ objects, ...job }: RedactionJob, { input }: ApiCall, path = "objects"): Shown {
  return texts(input, "expand").includes(path) ? { ...job, objects } : job;
}

function jobOf(world: World, id: string): RedactionJob {
  return world.find(world.state.redaction_jobs, id, "redaction job");
}

/** What happens by itself at Stripe happens here one step a look: validation first, then the redaction. */
function goOn(world: World, job: RedactionJob): void {
  if (job.status === "validating") job.status = errorsOf(world, job).length > 0 ? "failed" : "ready";
  else if (job.status === "redacting") {
    redact(world, job);
    job.status = "succeeded";
  }
}

function assertStatus(job: RedactionJob, ...allowed: RedactionJob["status"][]): void {
  if (allowed.includes(job.status)) return;
  throw invalid(`This redaction job is ${job.status}; it has to be ${allowed.join(" or ")}.`);
}

/** A preview, which an account may not have (`redaction_access`). */
export const redactionRoutes: readonly Route[] = [
  {
    method: "POST",
    path,
    preview: true,
    parameters: [file, "RedactionJobCreateParams"],
    acts: ["objects[customers]", "validation_behavior"],
    serve: (call) => {
      const { world, input } = call;
      const customers = texts(group(input, "objects"), "customers");
      if (customers.length === 0 || customers.length > MOST_OBJECTS)
        throw invalid(`A redaction job has 1 to ${MOST_OBJECTS} objects.`, "objects");
      for (const id of customers) if (world.state.customers[id] === undefined) throw missing("customer", id);
      const living = Object.values(world.state.redaction_jobs).filter(({ status }) => status !== "canceled");
      if (living.some(({ objects }) => objects.customers.some((id) => customers.includes(id))))
        throw invalid("An object is already in another redaction job.", "objects");
      const job: RedactionJob = {
        ...{ id: world.id("prj"), object: "privacy.redaction_job", created: world.now(), livemode: false },
        ...{ objects: { customers }, status: "validating" },
        validation_behavior: behaviorOf(text(input, "validation_behavior")),
      };
      world.state.redaction_jobs[job.id] = job;
      return shown(job, call);
    },
  },
  {
    method: "GET",
    path,
    preview: true,
    parameters: [file, "RedactionJobListParams"],
    serve: (call) =>
      page(
        call,
        Object.values(call.world.state.redaction_jobs).map((job) => shown(job, call, "data.objects")),
        path,
      ),
  },
  {
    method: "GET",
    path: `${path}/:id`,
    preview: true,
    parameters: [file, "RedactionJobRetrieveParams"],
    serve: (call) => {
      const job = jobOf(call.world, call.id);
      goOn(call.world, job);
      return shown(job, call);
    },
  },
  {
    method: "POST",
    path: `${path}/:id`,
    preview: true,
    parameters: [file, "RedactionJobUpdateParams"],
    acts: ["validation_behavior"],
    serve: (call) => {
      const job = jobOf(call.world, call.id);
      assertStatus(job, "validating", "ready", "failed");
      job.validation_behavior = behaviorOf(needed(call.input, "validation_behavior"));
      return shown(job, call);
    },
  },
  ...(
    [
      ["validate", ["failed"], "validating"],
      ["run", ["ready"], "redacting"],
      ["cancel", ["ready", "failed"], "canceled"],
    ] as const
  ).map(
    ([name, from, to]): Route => ({
      method: "POST",
      path: `${path}/:id/${name}`,
      preview: true,
      parameters: [file, "RedactionJobRetrieveParams"],
      serve: (call) => {
        const job = jobOf(call.world, call.id);
        assertStatus(job, ...from);
        job.status = to;
        return shown(job, call);
      },
    }),
  ),
  {
    method: "GET",
    path: `${path}/:id/validation_errors`,
    preview: true,
    parameters: [file, "RedactionJobListParams"],
    serve: ({ world, id }) => {
      const job = jobOf(world, id);
      const data = job.status === "failed" ? errorsOf(world, job) : [];
      return { object: "list", url: `${path}/${id}/validation_errors`, has_more: false, data };
    },
  },
];
