#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# README.md and docs/: links lead somewhere, lines are not too long, and the
# first curl lines are those that "make run" prints, and work.

use strict;
use warnings;

use POSIX ();
use Test::More;

use lib 't/lib';
use Tender::Test;


my $top   = $Tender::Test::TOP;
my @pages = ('README.md', 'CHANGELOG.md', map { "docs/$_.md" }
             qw(access admin architecture directives documents lifecycle
                oauth operations procurement));
my %slugs;

check($_) for @pages;
first_lines();
life();
layout();
mend();

done_testing;


sub slurp {
    my ($name) = @_;

    open my $fh, '<:encoding(UTF-8)', "$top/$name" or return;
    local $/;

    return scalar readline $fh;
}


sub check {
    my ($page) = @_;

    my $text = slurp($page) or return fail("$page is not there");
    my ($dir) = $page =~ m{^(.*/)};
    # what is typed and answered is as long as it is, and so are rows
    my @long = grep { length > 100 && !/^ |^\|/ }
               split /\n/, $text =~ s/^```.*?^```$//gmsr;
    my @lost;

    is("@long", '', "$page: no line of more than 100 characters");
    unlike($text, qr/[ \t]+$/m, "$page: no space at the end of a line");
    unlike($text, qr/[^\n]\z|\n\n\z/, "$page: one newline at the end");

    while ($text =~ /\]\(([^)]+)\)/g) {
        my ($file, $anchor) = $1 =~ /^([^#]*)(?:#(.*))?$/;

        next if $file =~ /^https:/;

        $file = length $file ? ($dir || '') . $file : $page;
        1 while $file =~ s{[^/]+/\.\./}{};

        push @lost, "$file" if !-f "$top/$file";
        push @lost, "$file#$anchor"
            if defined $anchor && !slugs($file)->{$anchor};
    }

    is("@lost", '', "$page: its links lead somewhere");
}


# the anchors of a page's headings

sub slugs {
    my ($page) = @_;

    return $slugs{$page} ||= {
        map { lc($_) =~ s/[^\w\s-]//gr =~ s/\s/-/gr => 1 }
        (slurp($page) // '') =~ /^#+ (.*)$/mg
    };
}


sub first_lines {
    my ($block) = slurp('README.md') =~ /^```sh\n(curl .*?)^```$/ms;
    my ($text)  = slurp('tools/run') =~ /^cat << END\n(.*?)^END$/ms;
    my @readme  = commands($block);
    my @run     = commands($text =~ s/\\\\$/\\/gmr);

    s{\$url}{http://127.0.0.1:8080}g for @run;

    is(scalar @readme, 3, 'README has three curl lines');
    is_deeply(\@readme, \@run, 'they are those of make run');

    my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                     tender_ownership off; }
        location = /health { tender_status; }
END

    my $url  = $t->url;
    my @like = (qr/"tenderID":"UA-\d{4}-CH-1"/, qr/"data": \[\s+\{\s+"id"/,
                qr/"status":"ok"/);

    delete @ENV{ grep { /_proxy$/i } keys %ENV };

    for my $command (@readme) {
        (my $here = $command) =~ s{http://127\.0\.0\.1:8080}{$url}g;
        $here =~ s/^curl /curl -s -f --max-time 20 /;

        like(scalar qx{$here}, shift @like, substr($command, 0, 60));
    }

    $t->finish;
}


# the lines of a tender's life, as they are pasted

sub life {
    my ($block) = slurp('README.md') =~ /^```sh\n(post\(\).*?)^```$/ms;
    my @lines   = split /\n/, $block // '';

    is(scalar @lines, 10, "README has a tender's life in ten lines");

    my $t = Tender::Test->new;
    my $url = $t->url;

    $block =~ s{http://127\.0\.0\.1:8080}{$url}g;
    $t->write_file('life.sh', $block);

    my $dir  = $t->dir;
    my $last = qx{cd $dir && sh life.sh 2>&1};

    like($last, qr/^ {8}"status": "complete",$/m, 'it is complete');
    like($last, qr/^ +"amount": 440,$/m, 'with a price of the auction');
    like($last, qr/"awardStatus": "active"/, 'a winner');
    like($last, qr/"title": "plan\.txt"/, 'and a document');
    $t->finish;
}


sub commands {
    my ($text) = @_;

    $text =~ s/\\\n/ /g;

    return map { s/\s+/ /gr =~ s/^ | $//gr } $text =~ /^ *(curl .*)$/mg;
}


# the key space of the page is that of the store

sub layout {
    my ($table) = slurp('docs/architecture.md')
        =~ /^## Keys\n(.*?)^The fields of a tender/ms;
    my %page = map { $_ => 1 } $table =~ /^\| `(\S+)` \|/mg;
    my $t = Tender::Test->new(http => 'tender_chronograph 20ms;');
    my %seen;

    # one with a time gate, with all that belongs to it

    my $end = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time + 3));
    my $id  = made($t, '/api/0.1/tenders',
                   { clarificationPeriod => { endDate => '2014-01-01' },
                     tenderPeriod => { endDate => $end } });
    my $one = "/api/0.1/tenders/$id";
    my @bid = map { made($t, "$one/bidders",
                         { totalValue => { amount => $_ } }) } 1, 2;

    file($t, "$one/bidders/$bid[0]/documents");
    keys_of($t, $table, \%seen);
    ok($t->wait_for(sub {
        $t->get($one)->json->{data}{status} eq 'active.auction';
    }, 10), 'bids are not taken any more');
    is($t->patch("$one/auction", { data => { bids => [ { amount => 3 },
                                                       { amount => 4 } ] } })
         ->status, 200, 'the auction was held');
    keys_of($t, $table, \%seen);
    is_deeply(fields($t, $id), [qw(doc hashes head more own weight)],
              'the fields of a tender');

    # one without

    $id = made($t, '/api/0.1/tenders', {});
    $t->patch("/api/0.1/tenders/$id", { data => { method => 'Open' } });
    is_deeply(fields($t, $id), [qw(doc head own)],
              'those of one that has nothing yet');
    file($t, "/api/0.1/tenders/$id/documents");
    keys_of($t, $table, \%seen);

    # those of an index that has segments: t/index-compact.t looks at them

    delete @page{ grep { /:idx:(?!log|status)/ } keys %page };

    is_deeply([sort keys %seen], [sort keys %page], 'no key is missing');

    $t->finish;
}


# a store as it was before there were bids

sub mend {
    my ($script) = slurp('docs/operations.md')
        =~ /^cat > mend\.lua << 'END'\n(.*?)^END$/ms;
    my $t   = Tender::Test->new(http => 'tender_chronograph off;');
    my @ids = map { made($t, '/api/0.1/tenders', $_ ? {
        tenderPeriod => { endDate => "209$_-01-01" },
    } : {}) } 0 .. 2;

    for my $id (@ids) {
        $t->redis('HDEL', "{b0}:tender:$id", 'more');
        $t->redis('ZREM', '{b0}:due', $id);
    }

    is($t->redis('EVAL', $script, 1, '{b0}:'), 2,
       'those with a time gate are mended');
    is($t->redis('EVAL', $script, 1, '{b0}:'), 0, 'once');
    is_deeply([sort @{ $t->redis('ZRANGE', '{b0}:due', 0, -1) }],
              [sort @ids[1, 2]], 'the clock knows of them');
    is_deeply([map { $t->get("/api/0.1/tenders/$_/bidders")->status } @ids],
              [200, 403, 403], 'their bids are sealed');
    $t->finish;
}


sub made {
    my ($t, $path, $data) = @_;

    my $r = $t->post($path, { data => $data });

    die 'it was not made: ', $r->body if $r->status != 201;

    return $r->json->{data}{id};
}


sub file {
    my ($t, $path) = @_;

    my $r = $t->request('POST', $path, {
        'Content-Type'        => 'text/plain',
        'Content-Disposition' => 'attachment; filename="plan.txt"',
    }, 'Six chairs');

    is($r->status, 201, 'a document');
}


sub fields {
    my ($t, $id) = @_;

    return [sort keys %{ { @{ $t->redis('HGETALL', "{b0}:tender:$id") } } }];
}


sub keys_of {
    my ($t, $table, $seen) = @_;

    for my $key (@{ $t->redis('KEYS', '*') }) {
        my $type = $t->redis('TYPE', $key);
        (my $name = $key) =~ s/\{b0\}/{bN}/;

        $name =~ s/\bstatus:[a-z.]+/status:<status>/;
        $name =~ s/:file:[0-9a-f]{32}/:file:<key>/;
        $name =~ s/:documents:[0-9a-f]{32}/:documents:<part>/;
        $name =~ s/tender:[0-9a-f]{32}/tender:<id>/;
        $type = { zset => 'sorted set' }->{$type} || $type;

        next if $seen->{$name}++;

        like($table, qr/^\| `\Q$name\E` \| $type \|/m, "key $name");
    }
}
