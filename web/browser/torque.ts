// A Torque of one's own: started in a fresh project folder, asked over SQL and JSON-RPC.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const START_MS = 60_000;
const STOP_MS = 15_000;

interface Model {
  readonly id: string;
  readonly revision: number;
  readonly document: Document;
}

/** As much of a model's document as tests change. */
export interface Document {
  readonly entities: { id: string; properties: object[] }[];
  readonly pages: { id: string; title: string; components: { id: string; props: Props }[] }[];
  readonly forms: { id: string; fields: object[] }[];
}

interface Props {
  columns?: object[];
}

export class Torque {
  private process: ChildProcess | undefined;
  private key: string | undefined;

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<Torque> {
    const binary = resolve(process.env["TORQUE_BINARY"] ?? "../target/debug/torque");
    if (!existsSync(binary)) throw new Error(`no program at ${binary}: name it in TORQUE_BINARY`);
    const folder = await mkdtemp(join(tmpdir(), "torque-browser-"));
    const torque = new Torque(binary, folder, await freePort());
    await torque.begin();
    return torque;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get application(): string {
    return `${this.url}/app/todo_list`;
  }

  /** Starts the server and waits until it answers for the application. */
  async begin(): Promise<void> {
    const server = spawn(this.binary, ["server", "--bind", `127.0.0.1:${this.port}`], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = server;
    let said = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (part: Buffer) => {
        said = (said + part.toString()).slice(-4_000);
      });
    }
    const deadline = Date.now() + START_MS;
    while (!(await this.answers())) {
      if (server.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the server does not answer; it said:\n${said}`);
      }
      await new Promise((wait) => setTimeout(wait, 100));
    }
  }

  private async answers(): Promise<boolean> {
    try {
      return (await fetch(this.application, { headers: { accept: "text/html" } })).ok;
    } catch {
      return false;
    }
  }

  /** Stops the server as a service manager does, and waits for its end. */
  async stop(): Promise<void> {
    const { process: server } = this;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    server.kill("SIGTERM");
    const impatience = setTimeout(() => server.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(impatience);
  }

  async discard(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async command(...words: readonly string[]): Promise<string> {
    const { stdout } = await run(this.binary, words, { cwd: this.folder });
    return stdout.trim();
  }

  /** Runs SQL in psql, as a database administrator would; what it refuses is thrown. */
  sql(text: string): Promise<string> {
    return this.command("psql", "--", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", text);
  }

  /** A one-time link that signs an administrator in: to the server, or to one application. */
  async signInLink(application?: string): Promise<string> {
    const whose = application ? ["--application", application] : [];
    const said = await this.command("token", "create", "--permission", "admin", "--link", ...whose);
    return said.split("\n").at(-1) ?? "";
  }

  /** An administrator's call. */
  async admin<T>(method: string, params: object): Promise<T> {
    this.key ??= (await this.command("token", "create", "--permission", "admin"))
      .split("\n")
      .at(-1);
    const response = await fetch(`${this.url}/jsonrpc`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const reply = (await response.json()) as { result?: T; error?: { message: string } };
    if (reply.error) throw new Error(`${method}: ${JSON.stringify(reply.error)}`);
    return reply.result as T;
  }

  /** Changes the TODO model, publishes it and deploys it, as from the command line. */
  async changeModel(change: (document: Document) => void): Promise<void> {
    const { models } = await this.admin<{ models: { id: string; name: string }[] }>(
      "listModels",
      {},
    );
    const modelId = models.find(({ name }) => name === "TODO List")?.id ?? "";
    const { document, revision } = await this.admin<Model>("getModel", { modelId });
    change(document);
    await this.admin("updateModel", { modelId, document, revision });
    await this.admin("publishModel", { modelId });
    await this.admin("deployApplication", { applicationId: "todo_list" });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  await new Promise<void>((closed) => server.close(() => closed()));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
