// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// One room of the house: its folder under `Sources/` and the rooms it may look into.
/// `docs/ARCHITECTURE.md` draws the same arrows, and `ArchitectureTests` holds the sources to them.
func room(
    _ name: String, _ dependencies: Target.Dependency..., resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + ["Terminal", arguments], swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "dixie",
    products: [
        .executable(name: "server", targets: ["server"]),
        .executable(name: "train", targets: ["train"]),
        .executable(name: "dixie", targets: ["dixie"]),
        // What reads bytes from outside, for the fuzzer, which is a package of its own.
        .library(
            name: "Readers",
            targets: [
                "API", "Chat", "Checkpoints", "Configuration", "Datasets", "GPT2", "HTTP", "JSON",
                "Serving", "Tokenizer",
            ]),
    ],
    traits: [
        .trait(name: "MPI", description: "Training in several processes, started by mpirun.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // The system's libraries, and the C that Swift cannot say.
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .target(name: "CSystem"),
        .target(name: "CKernels"),

        // From the ground up.
        room("JSON"),
        room("Terminal", arguments),
        room("Crypto", "COpenSSL"),
        room("Fetch", "Crypto"),
        room("Compute", "CKernels", "CSystem"),
        room("BLAS", "Compute", "COpenBLAS"),
        room("Tokenizer", "JSON"),
        room("Checkpoints", "JSON", "CZlib", "CSystem"),
        room("GPT2", "Compute", "Checkpoints", "JSON"),
        room("Chat"),
        room("Serving", "GPT2", "Tokenizer", "Checkpoints", "Compute", "Crypto"),
        room("Datasets", "Tokenizer", "Checkpoints", "Compute", "Chat", "JSON"),
        room("Training", "Datasets", "GPT2", "Checkpoints", "BLAS", "Compute"),
        room("Evaluation", "GPT2", "Tokenizer", "Compute", "Chat", "JSON"),
        room(
            "Cluster", "Training", "Compute",
            .target(name: "CMPI", condition: .when(traits: ["MPI"]))),
        room("HTTP", "Crypto", "CSystem", log),
        // In the program itself, so that it needs no folder beside it.
        room("Page", resources: [.embedInCode("Files")]),
        room(
            "Configuration", "HTTP", "Serving", "Chat", "GPT2", "Checkpoints", "Compute", "Crypto",
            "JSON"),
        room(
            "API", "Configuration", "HTTP", "Serving", "Chat", "GPT2", "Tokenizer", "Checkpoints",
            "Compute", "JSON", "Crypto", "Page", log),

        // What a person starts.
        program("server", "API", log),
        program(
            "train", "Cluster", "Training", "Datasets", "Serving", "GPT2", "Tokenizer",
            "Checkpoints", "Compute"),
        program(
            "dixie", "Configuration", "Serving", "Training", "Evaluation", "Datasets", "Chat",
            "GPT2", "Tokenizer", "Checkpoints", "Compute", "Fetch", "Crypto", "JSON"),

        .target(
            name: "TestSupport", dependencies: ["Compute", "COpenSSL"], path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("JSON", "JSON"),
        tests("Terminal", "Terminal"),
        tests("Crypto", "Crypto"),
        tests("Fetch", "Fetch", "Crypto"),
        tests("Compute", "Compute", "CKernels"),
        tests("BLAS", "BLAS", "Compute"),
        tests("Tokenizer", "Tokenizer", "JSON"),
        tests("Checkpoints", "Checkpoints", "CSystem", "JSON"),
        tests("GPT2", "GPT2", "Checkpoints", "Compute", "JSON"),
        tests("Chat", "Chat", "JSON"),
        tests("HTTP", "HTTP", "Crypto", "COpenSSL", log),
        tests("Serving", "Serving", "GPT2", "Tokenizer", "Checkpoints", "Compute"),
        tests("Datasets", "Datasets", "Tokenizer", "Checkpoints", "Compute", "Chat", "JSON"),
        tests("Training", "Training", "Datasets", "GPT2", "Checkpoints", "Compute", "JSON"),
        tests("Evaluation", "Evaluation", "GPT2", "Tokenizer", "Checkpoints", "Compute", "JSON"),
        tests("Cluster", "Cluster", "train", "Training", "GPT2", "Checkpoints", "Compute"),
        tests("Architecture", "JSON"),
        tests("EndToEnd", "server", "dixie", "train", "JSON"),
        tests("Dixie", "dixie", "Chat", "Checkpoints", "JSON", "Terminal", "Tokenizer"),
        .testTarget(
            name: "FuzzingTests",
            dependencies: [
                "API", "Chat", "Checkpoints", "Configuration", "Datasets", "GPT2", "HTTP", "JSON",
                "Serving", "Tokenizer", "TestSupport",
            ],
            path: "Tests/Fuzzing",
            exclude: ["Corpus", "Harness", "Package.swift", "make_seeds.py"],
            sources: ["Targets", "Replay"], swiftSettings: strict),
        tests(
            "Configuration", "Configuration", "Chat", "Compute", "Crypto", "GPT2", "HTTP", "JSON",
            "Serving"),
        tests(
            "API", "API", "Configuration", "Chat", "Checkpoints", "Compute", "Crypto", "GPT2",
            "HTTP",
            "JSON", "Page", "Serving", "Training", log),
    ]
)
