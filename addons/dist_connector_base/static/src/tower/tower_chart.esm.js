/* global Chart */
import {Component, onWillStart, onWillUnmount, useEffect, useRef} from "@odoo/owl";
import {loadBundle} from "@web/core/assets";

/** A chart with what Odoo ships; a click on a column calls `onPick(index)`. */
export class TowerChart extends Component {
    static template = "dist_connector_base.TowerChart";
    static props = {chart: Object};

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(() => this.draw());
        onWillUnmount(() => this.chart && this.chart.destroy());
    }

    draw() {
        if (this.chart) {
            this.chart.destroy();
        }
        const {type, stacked, labels, datasets, onPick} = this.props.chart;
        this.chart = new Chart(this.canvas.el, {
            type,
            data: {labels, datasets},
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {legend: {position: "bottom", labels: {boxWidth: 12}}},
                scales: {
                    x: {stacked, grid: {display: false}},
                    y: {stacked, beginAtZero: true, ticks: {precision: 0}},
                },
                onClick: (_event, elements) =>
                    onPick && elements.length && onPick(elements[0].index),
                onHover: (event, elements) => {
                    event.native.target.style.cursor =
                        onPick && elements.length ? "pointer" : "default";
                },
            },
        });
    }
}
