import Link from "next/link";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CodeBlock } from "@/components/ui/code-block";

/** A call that works when pasted, once the key is in the environment. */
export function QuickStart({
  baseUrl,
  model,
  keyMade,
}: {
  baseUrl: string;
  model: string;
  keyMade: boolean;
}) {
  const body = { model, prompt: "Why does an agate have bands?" };
  const curl = inferenceSnippets({ baseUrl, body })[0]?.code ?? "";
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Quick start</CardTitle>
        <Button asChild variant="link" size="inline" className="text-[13px]">
          <Link href="/playground">Open the playground</Link>
        </Button>
      </CardHeader>
      <CardBody className="grid gap-3">
        <p className="text-[13px] text-muted">
          {keyMade ? "With a key in " : "With a key from API keys in "}
          <code>AGATHA_API_KEY</code>:
        </p>
        <CodeBlock code={curl} label="curl" className="min-w-0" />
      </CardBody>
    </Card>
  );
}
