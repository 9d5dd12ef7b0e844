/// What a `BinaryHeap` can hold.
protocol HeapOrdered {
    func comesBefore(_ other: Self) -> Bool
}

/// A priority queue: `pop` gives the element that comes before all others.
struct BinaryHeap<Element: HeapOrdered> {
    private var elements: [Element] = []
    /// How many elements have moved up or down so far.
    private(set) var steps = 0

    mutating func push(_ element: Element) {
        var index = elements.count
        elements.append(element)
        while index > 0 {
            let parent = (index - 1) / 2
            guard element.comesBefore(elements[parent]) else { break }
            elements[index] = elements[parent]
            index = parent
            steps += 1
        }
        elements[index] = element
    }

    mutating func pop() -> Element? {
        guard let first = elements.first, let last = elements.popLast() else { return nil }
        guard !elements.isEmpty else { return first }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < elements.count else { break }
            if child + 1 < elements.count, elements[child + 1].comesBefore(elements[child]) {
                child += 1
            }
            guard elements[child].comesBefore(last) else { break }
            elements[index] = elements[child]
            index = child
            steps += 1
        }
        elements[index] = last
        return first
    }
}
