/// How a picture looks: on light ground, and where the reader prefers it on dark.
///
/// The average and validation have a contrast of at least 3 to 1 with their ground, text 4.5 to 1;
/// single steps stand back behind them. The lines differ in width and marks too.
enum CurveStyle {
    static let sheet = """
        <style>
        svg{color-scheme:light dark;font-family:system-ui,-apple-system,"Segoe UI",Roboto,\
        "Helvetica Neue","DejaVu Sans",Arial,sans-serif}
        text{font-size:13px;fill:#57606a;font-variant-numeric:tabular-nums}
        .title{font-size:21px;font-weight:600;fill:#1b1f24}
        .last{font-size:14px;font-weight:600}
        .axis{stroke:#8c959f;stroke-width:1}
        .grid{stroke:#e6e9ed;stroke-width:1}
        .ground{fill:#fff}
        .loss,.average,.validation{fill:none;stroke-linejoin:round;stroke-linecap:round}
        .loss{stroke:#86b6ef;stroke-width:1}
        .average{stroke:#0a58ca;stroke-width:2.5}
        .validation{stroke:#bc4c00;stroke-width:1.75}
        .dot{fill:#bc4c00;stroke:#fff;stroke-width:1.5}
        .best{fill:#fff;stroke:#bc4c00;stroke-width:2.25}
        .above,.ofaverage{fill:#0a58ca}
        .ofvalidation{fill:#bc4c00}
        .lost{stroke:#cf222e;stroke-width:1.75;stroke-linecap:round}
        @media(prefers-color-scheme:dark){
        text{fill:#9ea7b3}
        .title{fill:#eef1f5}
        .axis{stroke:#6b7480}
        .grid{stroke:#262c35}
        .ground{fill:#12161c}
        .loss{stroke:#3c6ca8}
        .average{stroke:#79b8ff}
        .validation{stroke:#ffa657}
        .dot{fill:#ffa657;stroke:#12161c}
        .best{fill:#12161c;stroke:#ffa657}
        .above,.ofaverage{fill:#79b8ff}
        .ofvalidation{fill:#ffa657}
        .lost{stroke:#ff7b72}
        }
        </style>
        """
}
