// The service worker's own scope: TypeScript's lib "webworker" declares that of any worker.

declare function skipWaiting(): Promise<void>;
declare const clients: Clients;
declare function addEventListener<Name extends keyof ServiceWorkerGlobalScopeEventMap>(
  name: Name,
  hear: (event: ServiceWorkerGlobalScopeEventMap[Name]) => void,
): void;
declare function clearTimeout(timer: number | null | undefined): void;
