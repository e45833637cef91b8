"""OpenAI's own client for Python, unmodified but for base URL and key."""

import json
import sys

import openai
import pydantic

url, key = sys.argv[1:3]
ASK = "Name three kinds of agate."
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
AGATES = {
    "type": "object",
    "properties": {"kinds": {"type": "array", "items": {"type": "string"}}},
    "required": ["kinds"],
    "additionalProperties": False,
}

client = openai.OpenAI(api_key=key, base_url=url)
chat = client.chat.completions


def say(content):
    return [{"role": "user", "content": content}]


def told(call):
    """Name, status and code of the error that the client raised."""
    try:
        call()
        return {"name": "nothing was raised"}
    except openai.APIError as error:
        return {
            "name": type(error).__name__,
            "status": getattr(error, "status_code", None),
            "code": getattr(error, "code", None),
        }


class Kinds(pydantic.BaseModel):
    kinds: list[str]


whole = chat.create(model="gpt-4o", messages=say(ASK), max_tokens=100)

streamed = {"text": "", "pieces": 0, "tokens": 0}
for chunk in chat.create(
    model="gemini-3.8-flash", messages=say(ASK), stream=True, stream_options={"include_usage": True}
):
    streamed["text"] += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    streamed["pieces"] += 1
    streamed["tokens"] = chunk.usage.total_tokens if chunk.usage else 0

tools = [{"type": "function", "function": {"name": "weather", "parameters": CITY}}]


def called(completion):
    function = completion.choices[0].message.tool_calls[0].function
    return {"name": function.name, "args": json.loads(function.arguments)}


with_tool = chat.create(model="gpt-4o", messages=say(ASK), tools=tools, tool_choice="required")
with chat.stream(
    model="deepseek-flash", messages=say(ASK), tools=tools, tool_choice="required"
) as stream:
    streamed_tool = stream.get_final_completion()

schema = {"type": "json_schema", "json_schema": {"name": "agates", "strict": True, "schema": AGATES}}
answered = chat.create(model="gpt-4o", messages=say(ASK), response_format=schema)
parsed = chat.parse(model="gemini-3.8-flash", messages=say(ASK), response_format=Kinds)
embedded = client.embeddings.create(model="text-embedding-3-small", input=["agate", "onyx"])

# Python has no signal to abort by: the stream is closed.
long = chat.create(model="gpt-4o", messages=say(f"{ASK} [[sim:stall]]"), stream=True)
next(iter(long))
long.close()
once = client.with_options(max_retries=0)
stopped = told(
    lambda: once.chat.completions.create(model="gpt-4o", messages=say("[[sim:timeout]]"), timeout=1.0)
)

stranger = openai.OpenAI(api_key="agt_live_nothing", base_url=url)
json.dump(
    {
        "chat": {"text": whole.choices[0].message.content, "tokens": whole.usage.total_tokens},
        "streamed": streamed,
        "tool": called(with_tool),
        "streamedTool": called(streamed_tool),
        "json": json.loads(answered.choices[0].message.content),
        "parsed": parsed.choices[0].message.parsed.model_dump(),
        "stopped": stopped,
        "embeddings": [len(row.embedding) for row in embedded.data],
        "retried": chat.create(model="gpt-4o", messages=say("Retry me")).choices[0].message.content,
        "aborted": {"name": "closed"},
        "errors": {
            "key": told(lambda: stranger.chat.completions.create(model="gpt-4o", messages=say(ASK))),
            "model": told(lambda: chat.create(model="gpt-0", messages=say(ASK))),
            "field": told(lambda: chat.create(model="gpt-4o", messages=say(ASK), temperature=7)),
            "provider": told(lambda: chat.create(model="gpt-4o", messages=say("[[sim:400]]"))),
            "down": told(
                lambda: once.chat.completions.create(model="gpt-4o", messages=say("[[sim:500]]"))
            ),
        },
    },
    sys.stdout,
)
