import type { ModelView } from "@agathaai/core/models";
import Link from "next/link";
import { Agate } from "@/components/brand/agate";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { CodeTabs } from "@/components/ui/code-tabs";
import { publicUrl } from "../_lib/public-url";
import { sampleModel } from "../_lib/sample-model";
import { ModelTable } from "./_components/model-table";
import { PlanCards } from "./_components/plan-cards";

const question = "Why does an agate have bands?";
const reply = "Silica settles from water in thin layers, one season of the stone after another.";
const usage = { input_tokens: 14, output_tokens: 19, total_tokens: 33 };

/** What the API returns for the sample, at today's price of the model. */
function sampleResponse(model: ModelView): string {
  const { input_price_per_million_micros: input, output_price_per_million_micros: output } = model;
  const cost = Math.round((usage.input_tokens * input + usage.output_tokens * output) / 1_000_000);
  const response = {
    id: "inf_01kaq8v3e9f0tb2m6c4x7r5zhd",
    status: "completed",
    model: model.id,
    output: { role: "assistant", content: reply },
    finish_reason: "stop",
    usage,
    cost_micros: cost,
  };
  return JSON.stringify(response, null, 2);
}

const steps = [
  ["Create a key", "Test keys get simulated answers and are never billed. Live keys reach the provider."],
  ["Send a prompt", "Choose any model by name. Wait for the answer, or take an ID and fetch it later."],
  [
    "See what it cost",
    "Every response includes the provider’s token counts and its cost, to the millionth of a dollar.",
  ],
] as const;

const promises = [
  [
    "Accepted means finished",
    "A request we accept ends exactly once: completed, failed or canceled. If a worker dies midway, another takes over.",
  ],
  [
    "Failures are free",
    "You pay for completed live requests. Failed, canceled and test requests cost nothing.",
  ],
  [
    "Encrypted with your organization’s key",
    "Prompts and answers are stored under an encryption key of your organization’s own, and never written to a log.",
  ],
  [
    "One bill, one format",
    "OpenAI, Gemini and DeepSeek return the same fields, token classes and error codes.",
  ],
] as const;

function SectionTitle({ id, title, children }: { id: string; title: string; children?: React.ReactNode }) {
  return (
    <header className="mb-8 max-w-prose scroll-mt-8" id={id}>
      <h2 className="font-semibold text-2xl tracking-tight sm:text-3xl">{title}</h2>
      {children && <p className="mt-2 text-base/6.5 text-muted">{children}</p>}
    </header>
  );
}

export default function LandingPage() {
  const model = sampleModel();
  const body = { model: model.id, messages: [{ role: "user", content: question }] };
  const samples = inferenceSnippets({ baseUrl: publicUrl(), body });
  return (
    <>
      <section className="relative overflow-hidden border-b">
        <div className="mx-auto grid max-w-portal items-center gap-y-4 px-5 lg:min-h-[36rem] lg:grid-cols-[minmax(0,1fr)_28rem]">
          <div className="relative z-10 py-16 sm:py-20">
            <h1 className="font-semibold text-[clamp(2.75rem,7vw,4.75rem)] leading-[1.02] tracking-[-0.045em]">
              Many models. <br />
              One clear API.
            </h1>
            <p className="mt-6 max-w-xl text-pretty text-lg/7 text-muted">
              One key for OpenAI, Gemini and DeepSeek. For every request, you see what ran, what it answered
              and what it cost.
            </p>
            <div className="mt-8 flex flex-wrap gap-3">
              <Button asChild size="lg">
                <Link href="/sign-up">Create account</Link>
              </Button>
              <Button asChild size="lg" variant="secondary">
                <Link href="#first-call">See the first call</Link>
              </Button>
            </div>
            <p className="mt-4 text-muted">100,000 tokens per month free. No card required.</p>
          </div>
          <div className="relative -mt-6 -mb-56 h-[26rem] lg:m-0 lg:h-full">
            <Agate className="absolute top-0 left-1/2 w-[34rem] max-w-none -translate-x-1/2 lg:top-1/2 lg:left-0 lg:w-[44rem] lg:translate-x-0 lg:-translate-y-1/2" />
          </div>
        </div>
      </section>

      <div className="mx-auto grid max-w-portal gap-24 px-5 pt-20">
        <section aria-labelledby="first-call">
          <SectionTitle id="first-call" title="From key to answer in under a minute" />
          <ol className="mb-8 grid gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3">
            {steps.map(([title, text], index) => (
              <li key={title} className="bg-surface p-5">
                <span className="num font-mono text-accent text-sm">{index + 1}</span>
                <h3 className="mt-2 font-semibold text-base">{title}</h3>
                <p className="mt-1 text-muted">{text}</p>
              </li>
            ))}
          </ol>
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <CodeTabs samples={samples} label="A first call" className="min-w-0" />
            <CodeBlock code={sampleResponse(model)} label="The response" wrap className="min-w-0" />
          </div>
        </section>

        <section aria-labelledby="promises">
          <SectionTitle id="promises" title="What you can count on" />
          <dl className="grid gap-x-12 sm:grid-cols-2">
            {promises.map(([title, text]) => (
              <div key={title} className="border-t py-6">
                <dt className="font-semibold text-base">{title}</dt>
                <dd className="mt-1.5 text-[15px]/6 text-muted">{text}</dd>
              </div>
            ))}
          </dl>
        </section>

        <section aria-labelledby="models">
          <SectionTitle id="models" title="Models">
            Prices per million tokens, in US dollars. A retired model keeps working through its successor, and
            says so.
          </SectionTitle>
          <ModelTable />
        </section>

        <section aria-labelledby="plans">
          <SectionTitle id="plans" title="Plans">
            Every account starts on Free. At a limit, requests stop unless you’ve turned on overage: no
            surprise bill.
          </SectionTitle>
          <PlanCards />
        </section>
      </div>
    </>
  );
}
