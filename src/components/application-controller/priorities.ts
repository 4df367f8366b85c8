/** Of the queue of applications: who waits for whom. */
export const priorities = Object.freeze({ user: 0, webhook: 1, poll: 2, verify: 3 });
