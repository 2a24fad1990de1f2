/** Milliseconds; Node's timers overflow beyond. */
export const longestTimer = 2_147_483_647;
