import dynamic from "next/dynamic";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import type { CodeSample } from "@/components/ui/code/code-tabs";

/** Arrives written in the page; its script is not among what the portal waits for at first. */
const CodeTabs = dynamic(() => import("@/components/ui/code/code-tabs").then((module) => module.CodeTabs));

/** A first call that works as pasted once the key is in the environment. */
export function QuickStart({ samples, keyMade }: { samples: CodeSample[]; keyMade: boolean }) {
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Quick start</CardTitle>
        <Button asChild variant="link" size="inline" className="text-[13px]">
          <Link href="/playground">Open playground</Link>
        </Button>
      </CardHeader>
      <CardBody className="grid gap-3">
        <p className="text-[13px] text-muted">
          {keyMade ? "With your key saved as " : "Create a key and save it as "}
          <code>AGATHA_API_KEY</code>, with OpenAI’s SDK:
        </p>
        <CodeTabs samples={samples} label="A first call" className="min-w-0" />
      </CardBody>
    </Card>
  );
}
