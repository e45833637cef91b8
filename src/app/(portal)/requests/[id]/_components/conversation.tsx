import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { AnswerText, ToolCallView } from "../../../_components/answer-text";
import { isLive } from "../../../_components/request-status";
import type { RequestDetail } from "../../_lib/types";

type Message = RequestDetail["messages"][number];

const speakers: Record<Message["role"], string> = {
  system: "System",
  developer: "Developer",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
};

/** The prompt as sent, and the answer below it. */
export function Conversation({ request }: { request: RequestDetail }) {
  if (!request.stored) return <NotStored request={request} />;
  return (
    <div className="grid min-w-0 gap-4">
      <Card>
        <CardHeader>
          <CardTitle>Prompt</CardTitle>
        </CardHeader>
        <ol className="divide-y">
          {request.messages.map((message, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a sent prompt never changes, and its messages have no ids
            <li key={index} className="grid gap-1 p-4">
              <h3 className="text-[13px] text-muted">{speakers[message.role]}</h3>
              <MessageContent message={message} />
            </li>
          ))}
        </ol>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>Answer</CardTitle>
        </CardHeader>
        <CardBody className="grid gap-3">
          <Answer request={request} />
        </CardBody>
      </Card>
    </div>
  );
}

/** A call whose content was not stored. */
function NotStored({ request: { error, model_notice } }: { request: RequestDetail }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Prompt and answer</CardTitle>
      </CardHeader>
      <CardBody className="grid gap-3">
        <p className="text-muted">
          They weren’t stored. Send <code>store: true</code> with a call to keep them, encrypted, and see them
          here.
        </p>
        {error && <Notice tone="danger">{error.message}</Notice>}
        {model_notice && <Notice tone="attention">{model_notice}</Notice>}
      </CardBody>
    </Card>
  );
}

function Answer({ request }: { request: RequestDetail }) {
  if (isLive(request.status)) {
    return (
      <Loading label="Waiting for the answer" className="grid gap-2">
        <Skeleton className="w-full" />
        <Skeleton className="w-4/5" />
      </Loading>
    );
  }
  return (
    <>
      {request.error && (
        <Notice tone="danger">
          {request.error.message} <code className="text-[13px] text-muted">{request.error.code}</code>
        </Notice>
      )}
      {request.status === "cancelled" && (
        <p className="text-muted">
          {request.output
            ? "Stopped. Only what had arrived is billed."
            : "Canceled before an answer arrived. Nothing was billed."}
        </p>
      )}
      {request.output && <AnswerText output={request.output} finishReason={request.finish_reason} />}
      {request.model_notice && <Notice tone="attention">{request.model_notice}</Notice>}
    </>
  );
}

function MessageContent({ message }: { message: Message }) {
  const calls = message.role === "assistant" ? message.tool_calls : undefined;
  const parts =
    typeof message.content === "string"
      ? [{ type: "text" as const, text: message.content }]
      : message.content;
  return (
    <>
      {parts?.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a sent prompt never changes, and its parts have no ids
        <div key={index}>
          {part.type === "text" ? (
            <p className="whitespace-pre-wrap break-words text-[15px]/6">{part.text}</p>
          ) : (
            <ImagePart url={part.image_url.url} />
          )}
        </div>
      ))}
      {calls?.map((call) => (
        <ToolCallView key={call.id} call={call} />
      ))}
    </>
  );
}

/** Remote images are named, not loaded: their servers must not learn who opens a request. */
function ImagePart({ url }: { url: string }) {
  if (url.startsWith("data:image/")) {
    // biome-ignore lint/performance/noImgElement: an inline image has nothing to optimize
    return <img src={url} alt="Part of the prompt" className="max-h-80 rounded-lg border" />;
  }
  return (
    <p className="break-all text-muted">
      Image at <code className="text-[13px]">{url}</code>
    </p>
  );
}
