/** A body with objects in lists in objects, for the rows about large bodies. Copied into the served folder. */
export const ordersModule = `import { apiFunction } from 'api-deploy';

interface Item { sku: string; quantity: number; price: number; tags: string[]; note?: string }
interface Order { id: string; customer: { name: string; email: string; address: { street: string; city: string } }; items: Item[] }

export const total = apiFunction((orders: Order[]) => {
  let sum = 0;
  for (const order of orders) for (const item of order.items) sum += item.quantity * item.price;
  return { orders: orders.length, sum };
});
`;

export const ordersPath = '/orders/total';

/** About `bytes` of JSON. */
export function ordersOf(bytes: number): object[] {
  const orders: object[] = [];
  for (let length = 0; length < bytes;) {
    const id = `order-${orders.length}`;
    const order = {
      id,
      customer: {
        name: `Customer ${orders.length}`,
        email: `c${orders.length}@example.com`,
        address: { street: 'Long Street 12', city: 'Springfield' },
      },
      items: [1, 2, 3].map((number) => ({
        sku: `${id}-${number}`,
        quantity: number,
        price: 10 * number,
        tags: ['new', 'sale'],
      })),
    };
    orders.push(order);
    length += JSON.stringify(order).length + 1;
  }
  return orders;
}
