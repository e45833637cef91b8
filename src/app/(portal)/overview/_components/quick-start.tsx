import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { ScrollingCode } from "@/components/ui/scrolling-code";

/** A curl line that works as pasted once the key is in the environment. */
export function QuickStart({ curl, keyMade }: { curl: string; keyMade: boolean }) {
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Quick start</CardTitle>
      </CardHeader>
      <CardBody className="grid gap-3">
        <p className="text-[13px] text-muted">
          {keyMade ? "With your key saved as " : "Create a key and save it as "}
          <code>AGATHA_API_KEY</code>:
        </p>
        <div className="min-w-0 rounded-lg border bg-sunken">
          <ScrollingCode code={curl} label="curl" className="pr-4" />
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <CopyButton text={curl} label="Copy curl" labeled />
          <Button asChild variant="link" size="inline" className="text-[13px]">
            <Link href="/playground">Open playground</Link>
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}
