// What browsers do and the types of TypeScript leave out: no timer is null in the page, and may be cleared.

declare function clearTimeout(timer: number | null | undefined): void;
declare function clearInterval(timer: number | null | undefined): void;
