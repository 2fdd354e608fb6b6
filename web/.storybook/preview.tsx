// What every story stands in: the theme, the texts, and an application in memory.

import type { Preview } from "@storybook/react-vite";
import { useState } from "react";
import { type MemoryOptions, memoryTransport } from "../src/api/memory/transport.ts";
import { HostProvider } from "../src/runtime/host.tsx";
import { Modals } from "../src/runtime/modals.tsx";
import { newQueryClient, TransportProvider } from "../src/runtime/transport_context.tsx";
import { Frame } from "../src/ui/frame.tsx";

function InMemory({ options, children }: { options: MemoryOptions; children: React.ReactNode }) {
  const [transport] = useState(() => memoryTransport(options));
  const [client] = useState(newQueryClient);
  return (
    <Frame>
      <TransportProvider transport={transport} client={client}>
        <HostProvider page={undefined}>
          {children}
          <Modals />
        </HostProvider>
      </TransportProvider>
    </Frame>
  );
}

const preview: Preview = {
  parameters: {
    layout: "padded",
    a11y: { test: "error" },
    controls: { matchers: { date: /(_at|Date)$/i } },
  },
  decorators: [
    (Story, { parameters, id }) => (
      <InMemory key={id} options={(parameters["memory"] as MemoryOptions | undefined) ?? {}}>
        <Story />
      </InMemory>
    ),
  ],
};

export default preview;
