// swift-tools-version: 6.1
import PackageDescription

/// The fuzzer: what `Targets/` has, with libFuzzer's `main` around it. A package of its own, since
/// nothing else may be linked with that; `scripts/fuzz.sh` builds it, with the flags that make the
/// compiler count what runs in the code under test, too. `swift test` of the house compiles the same
/// `Targets/` and runs them over `Corpus/`.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "dixie", path: "../..")],
    targets: [
        .executableTarget(
            name: "fuzzing", dependencies: [.product(name: "Readers", package: "dixie")],
            path: ".", exclude: ["Corpus", "Replay", "make_seeds.py"],
            sources: ["Targets", "Harness"],
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
            ])
    ]
)
