/// What a `BinaryHeap` can hold.
protocol HeapOrdered {
    func comesBefore(_ other: Self) -> Bool
}

/// A priority queue: `pop` gives the element that comes before all others.
struct BinaryHeap<Element: HeapOrdered> {
    private var elements: [Element] = []
    /// How many elements have moved up or down so far.
    private(set) var steps = 0

    init() {}

    /// A heap of all `elements`, in linear time.
    init(_ elements: some Sequence<Element>) {
        self.elements = Array(elements)
        for index in (0..<self.elements.count / 2).reversed() {
            sink(self.elements[index], from: index)
        }
    }

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
        if !elements.isEmpty { sink(last, from: 0) }
        return first
    }

    /// Puts `element` at `start` or, while a child comes before it, further down.
    private mutating func sink(_ element: Element, from start: Int) {
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < elements.count else { break }
            if child + 1 < elements.count, elements[child + 1].comesBefore(elements[child]) {
                child += 1
            }
            guard elements[child].comesBefore(element) else { break }
            elements[index] = elements[child]
            index = child
            steps += 1
        }
        elements[index] = element
    }
}
