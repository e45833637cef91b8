import Link from "next/link";
import type { ReactNode } from "react";
import { Agate } from "@/components/brand/agate";
import { chatSnippets } from "@/components/snippets/chat-snippets";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code/code-block";
import { CodeTabs } from "@/components/ui/code/code-tabs";
import { receiptOfSample } from "@/server/sample-receipt";
import { publicUrl } from "../_lib/public-url";
import { sampleModel } from "../_lib/sample-model";
import { GuideLink, List } from "./_components/guide";
import { ModelTable } from "./_components/model-table";
import { PlanCards } from "./_components/plan-cards";
import { SampleReceipt } from "./_components/sample-receipt";
import { figures } from "./_lib/figures";

const question = "Why does an agate have bands?";
const reply = "Silica settles from water in thin layers, one season of the stone after another.";
const usage = { prompt_tokens: 14, completion_tokens: 19, total_tokens: 33 };

const requestId = "inf_01kaq8v3e9f0tb2m6c4x7r5zhd";

/** What the API returns for the sample. */
function sampleResponse(model: string, costMicros: number): string {
  const response = {
    id: requestId,
    object: "chat.completion",
    model,
    choices: [{ index: 0, message: { role: "assistant", content: reply }, finish_reason: "stop" }],
    usage: { ...usage, cost: costMicros / 1_000_000 },
  };
  return JSON.stringify(response, null, 2);
}

const { clients, cap, added } = figures;

const proofs: readonly [title: string, text: string][] = [
  [
    "Works with the code you have",
    `Keep your OpenAI SDK, streams, tools and JSON schemas. If a model can’t do what you ask, the request is refused and the error names the parameter; nothing is silently dropped. Tested with ${clients.names} on ${clients.date}.`,
  ],
  [
    "Caps that hold",
    `Before a request runs, we hold the most it can cost. If that doesn’t fit your cap, it’s refused and costs nothing. In our test, ${cap.sent} parallel requests met a cap with room for ${cap.room}: ${cap.ran} ran.`,
  ],
  [
    "A receipt for every request",
    `Tokens by class, each at its price; every attempt; the cost to the millionth of a dollar. Add it up yourself from our published prices. Keys, limits and ledger add ${added.p50Ms} ms to a call (median; 99th percentile ${added.p99Ms} ms), measured at ${added.callsPerSecond} calls per second on ${added.machine} (${added.date}).`,
  ],
];

const reasons = [
  "you call several providers and want one API, one key and one bill;",
  "a budget has to hold, not just raise an alert;",
  "you need to know which key, member or model spent what, with an audit log;",
  "a model’s retirement must not break your code: its successor answers, and the response says so;",
] as const;

const promises = [
  [
    "Accepted means finished",
    "A request we accept ends exactly once: completed, failed or canceled. If a worker dies midway, another takes over.",
  ],
  [
    "Failures are free",
    "Failed and test requests cost nothing. A stream you stop midway costs what had arrived; nothing if nothing had.",
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

function SectionTitle({ id, title, children }: { id: string; title: string; children?: ReactNode }) {
  return (
    <header className="mb-8 max-w-prose scroll-mt-8" id={id}>
      <h2 className="font-semibold text-2xl tracking-tight sm:text-3xl">{title}</h2>
      {children && <p className="mt-2 text-base/6.5 text-muted">{children}</p>}
    </header>
  );
}

export default function LandingPage() {
  const model = sampleModel();
  const url = publicUrl();
  const receipt = receiptOfSample({
    model: model.id,
    question,
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
  });
  const body = { model: model.id, messages: [{ role: "user", content: question }] };
  const before = `client = OpenAI()`;
  const after = `client = OpenAI(\n    base_url="${url}/v1",\n    api_key=os.environ["AGATHA_API_KEY"],\n)`;
  return (
    <>
      <section className="relative overflow-hidden border-b">
        <div className="mx-auto grid max-w-portal items-center gap-y-4 px-5 lg:min-h-[36rem] lg:grid-cols-[minmax(0,1fr)_28rem]">
          <div className="relative z-10 py-16 sm:py-20">
            <h1 className="font-semibold text-[clamp(2.5rem,6.4vw,4.5rem)] leading-[1.04] tracking-[-0.045em]">
              Many models. One API. <br />
              No surprise bill.
            </h1>
            <p className="mt-6 max-w-xl text-pretty text-lg/7 text-muted">
              Point your OpenAI SDK at AgathaAI and call OpenAI, Gemini and DeepSeek models with one key,
              streaming included. Set a cap in dollars: a request that could pass it is refused before it
              runs. Every request comes with a receipt.
            </p>
            <div className="mt-8 flex flex-wrap gap-3">
              <Button asChild size="lg">
                <Link href="/sign-up">Create account</Link>
              </Button>
              <Button asChild size="lg" variant="secondary">
                <Link href="#what-changes">See what changes</Link>
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
        <section aria-label="Why AgathaAI">
          <ul className="grid gap-px overflow-hidden rounded-lg border bg-line lg:grid-cols-3">
            {proofs.map(([title, text]) => (
              <li key={title} className="bg-surface p-6">
                <h2 className="font-semibold text-base">{title}</h2>
                <p className="mt-2 text-[15px]/6 text-muted">{text}</p>
              </li>
            ))}
          </ul>
        </section>

        <section aria-labelledby="what-changes">
          <SectionTitle id="what-changes" title="Two values change">
            Same SDK, same call, same stream. To try Gemini or DeepSeek, change the model name.
          </SectionTitle>
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <CodeBlock code={before} label="Before" className="min-w-0" />
            <CodeBlock code={after} label="After" className="min-w-0" />
          </div>
          <div className="mt-4 grid items-start gap-4 lg:grid-cols-2">
            <CodeTabs
              samples={chatSnippets({ baseUrl: url, body })}
              label="A first call"
              className="min-w-0"
            />
            <CodeBlock
              code={sampleResponse(model.id, receipt.cost.micros)}
              label="The response"
              wrap
              className="min-w-0"
            />
          </div>
          <p className="mt-4 text-[15px]/6 text-muted">
            What each provider keeps, adapts and refuses is in the{" "}
            <GuideLink href="/docs/compatibility">compatibility table</GuideLink>.
          </p>
        </section>

        <section
          aria-labelledby="receipt"
          className="grid items-center gap-x-12 gap-y-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)]"
        >
          <header id="receipt" className="scroll-mt-8">
            <h2 className="font-semibold text-2xl tracking-tight sm:text-3xl">What that call cost</h2>
            <p className="mt-2 text-base/6.5 text-muted">
              Before it ran, we held the most it could cost. When it ended, the provider’s token count
              replaced that, and the rest was released. Every request has this receipt, in the portal and in
              the API.
            </p>
          </header>
          <SampleReceipt receipt={receipt} requestId={requestId} model={model.id} />
        </section>

        <section
          aria-labelledby="direct"
          className="grid gap-x-12 gap-y-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)]"
        >
          <header id="direct" className="scroll-mt-8">
            <h2 className="font-semibold text-2xl tracking-tight sm:text-3xl">Why not go direct?</h2>
            <p className="mt-2 text-base/6.5 text-muted">
              If you use one provider and its limits are enough, go direct: it’s one less hop.
            </p>
          </header>
          <div className="grid gap-3 text-[15px]/6">
            <p>Use AgathaAI when:</p>
            <List>
              {reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
              <li>
                you want to see it all first: <code className="text-[13px]">npm start</code> runs the portal,
                API and checkout on your machine, with simulated providers and payments. No account needed.
              </li>
            </List>
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
            surprise bill. <GuideLink href="/pricing#explained">Pricing, explained</GuideLink>
          </SectionTitle>
          <PlanCards />
        </section>
      </div>
    </>
  );
}
